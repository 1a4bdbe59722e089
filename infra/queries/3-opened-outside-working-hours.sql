-- Opened outside working hours
-- Reading at night or at the weekend is often an emergency and sometimes curiosity. Jobs, which never sleep, are left out.
-- Values: the clinic's zone (America/Denver), the first day, the last day (yyyy/mm/dd), the hour when work begins (8), the hour when it ends (18)
WITH place AS (SELECT ? AS zone),
opened AS (
  SELECT eventtime, at_timezone(from_iso8601_timestamp(eventtime), zone) AS clinic_time,
         regexp_extract(useridentity.arn, '[^/]+$') AS person,
         json_extract_scalar(requestparameters, '$.encryptionContext.patient') AS patient,
         json_extract_scalar(requestparameters, '$.encryptionContext.kind') AS kind, eventid
  FROM cloudtrail CROSS JOIN place
  WHERE eventsource = 'kms.amazonaws.com' AND eventname = 'Decrypt'
    AND NOT regexp_like(useridentity.arn, '-(tick|deliver-queued|deliver-later|second-look|replay-parked|voice-door|pages-door|schedule-door|visits-dropped)$')
    AND day BETWEEN ? AND ?
)
SELECT eventtime, hour(clinic_time) AS clinic_hour, person, patient, kind, eventid
FROM opened
WHERE patient IS NOT NULL AND (hour(clinic_time) < ? OR hour(clinic_time) >= ? OR day_of_week(clinic_time) > 5)
ORDER BY eventtime
