UPDATE program SET facts = ?
