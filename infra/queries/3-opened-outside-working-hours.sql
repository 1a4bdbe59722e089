-- Opened outside working hours
-- Reading at night or at the weekend is often an emergency and sometimes curiosity. Jobs, which never sleep, are left out.
-- Values: the first day, the last day (yyyy/mm/dd), the zone ('America/Denver') three times over: for the hour before which, and the hour from which it counts (8, 18), and the weekend
SELECT eventtime,
       regexp_extract(useridentity.arn, '[^/]+$') AS person,
       json_extract_scalar(requestparameters, '$.encryptionContext.patient') AS patient,
       json_extract_scalar(requestparameters, '$.encryptionContext.kind') AS kind, eventid
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com' AND eventname = 'Decrypt'
  AND json_extract_scalar(requestparameters, '$.encryptionContext.patient') IS NOT NULL
  AND NOT regexp_like(useridentity.arn, '-(tick|deliver-queued|deliver-later|second-look|replay-parked|voice-door)$')
  AND day BETWEEN ? AND ?
  AND (hour(at_timezone(from_iso8601_timestamp(eventtime), ?)) < ?
    OR hour(at_timezone(from_iso8601_timestamp(eventtime), ?)) >= ?
    OR day_of_week(at_timezone(from_iso8601_timestamp(eventtime), ?)) > 5)
ORDER BY eventtime
