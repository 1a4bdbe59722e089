-- Denied attempts
-- Who tried what they may not. One is a mistake; many, or many patients, are worth a talk.
-- Values: the first day, the last day (yyyy/mm/dd)
SELECT regexp_extract(useridentity.arn, '[^/]+$') AS person, eventsource, eventname, errorcode,
       json_extract_scalar(requestparameters, '$.encryptionContext.patient') AS patient,
       count(*) AS times, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE errorcode IN ('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation',
                    'UnauthorizedAccess', 'NotAuthorizedException', 'IncorrectKeyException', 'InvalidCiphertextException')
  AND day BETWEEN ? AND ?
GROUP BY 1, 2, 3, 4, 5
ORDER BY times DESC, first_time
