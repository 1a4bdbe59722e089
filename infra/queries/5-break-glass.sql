-- Break-glass: doors opened for one patient
-- A grant on a key lets one person open one patient's texts for some hours. Each was a page or a broken glass, and has its review.
-- Values: the first day, the last day (yyyy/mm/dd)
SELECT eventtime, eventname,
       regexp_extract(useridentity.arn, '[^/]+$') AS given_by,
       json_extract_scalar(requestparameters, '$.granteePrincipal') AS given_to,
       json_extract_scalar(requestparameters, '$.constraints.encryptionContextSubset.patient') AS patient,
       coalesce(json_extract_scalar(responseelements, '$.grantId'), json_extract_scalar(requestparameters, '$.grantId')) AS grant_id,
       errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com' AND eventname IN ('CreateGrant', 'RetireGrant', 'RevokeGrant')
  AND day BETWEEN ? AND ?
ORDER BY eventtime
