-- Who opened this patient's thread
-- A patient asks who read her texts, or a subpoena does. Every use of the content key for her record, whoever it was.
-- Values: her record's id, the first day, the last day (yyyy/mm/dd)
SELECT eventtime,
       regexp_extract(useridentity.arn, '[^/]+$') AS person,
       json_extract_scalar(requestparameters, '$.encryptionContext.kind') AS kind,
       json_extract_scalar(requestparameters, '$.encryptionContext.program') AS program,
       sourceipaddress, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com' AND eventname = 'Decrypt'
  AND json_extract_scalar(requestparameters, '$.encryptionContext.patient') = ?
  AND day BETWEEN ? AND ?
ORDER BY eventtime
