-- Opened from another program
-- A program is a wall. Who opened something of this program without being one of its people: break-glass, a page, or a breach.
-- Values: the program's id, its people's ids with commas between them, the first day, the last day (yyyy/mm/dd)
SELECT eventtime,
       regexp_extract(useridentity.arn, '[^/]+$') AS person,
       json_extract_scalar(requestparameters, '$.encryptionContext.patient') AS patient,
       json_extract_scalar(requestparameters, '$.encryptionContext.kind') AS kind, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com' AND eventname = 'Decrypt'
  AND json_extract_scalar(requestparameters, '$.encryptionContext.program') = ?
  AND NOT contains(split(?, ','), regexp_extract(useridentity.arn, '[^/]+$'))
  AND day BETWEEN ? AND ?
ORDER BY eventtime
