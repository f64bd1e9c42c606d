SELECT
  (SELECT coalesce(max(seq), 0) FROM entry),
  (SELECT count(*) FROM flag_decision) + (SELECT count(*) FROM dispute_decision) + (SELECT count(*) FROM lead_stage)
    + (SELECT count(*) FROM exchange) + (SELECT count(*) FROM reward_decision) + (SELECT count(*) FROM payout_line)
    + (SELECT count(*) FROM suspension) + (SELECT count(*) FROM rebinding)
