-- Everything this person opened
-- Somebody leaves, or is suspected of looking where they had no business. A function's name works as well as a person's id.
-- Values: the person's id, the first day, the last day (yyyy/mm/dd)
SELECT eventtime,
       json_extract_scalar(requestparameters, '$.encryptionContext.patient') AS patient,
       json_extract_scalar(requestparameters, '$.encryptionContext.kind') AS kind,
       json_extract_scalar(requestparameters, '$.encryptionContext.program') AS program,
       sourceipaddress, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com' AND eventname = 'Decrypt'
  AND regexp_extract(useridentity.arn, '[^/]+$') = ?
  AND day BETWEEN ? AND ?
ORDER BY eventtime
