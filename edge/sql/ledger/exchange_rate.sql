SELECT rate FROM exchange WHERE conversion_id = ?
