-- One patient opened by many
-- A person the town talks about, or a colleague: records that many people open are looked at by somebody who should not.
-- Values: the first day, the last day (yyyy/mm/dd), how many people are many (3)
SELECT json_extract_scalar(requestparameters, '$.encryptionContext.patient') AS patient,
       count(DISTINCT regexp_extract(useridentity.arn, '[^/]+$')) AS people,
       count(*) AS openings, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com' AND eventname = 'Decrypt'
  AND json_extract_scalar(requestparameters, '$.encryptionContext.kind') IN ('inbound_text', 'outgoing_text', 'profile', 'note')
  AND NOT regexp_like(useridentity.arn, '-(tick|deliver-queued|deliver-later|second-look|replay-parked|voice-door|pages-door|schedule-door|visits-dropped)$')
  AND day BETWEEN ? AND ?
GROUP BY 1
HAVING count(DISTINCT regexp_extract(useridentity.arn, '[^/]+$')) >= ?
ORDER BY people DESC, openings DESC
