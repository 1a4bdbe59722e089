-- Deletions
-- What was taken away, by whom: rows, files, tables, backups, keys. Rows deleted inside a transaction are named by TransactWriteItems and shown too.
-- Values: the first day, the last day (yyyy/mm/dd)
SELECT eventtime, eventsource, eventname,
       regexp_extract(useridentity.arn, '[^/]+$') AS person,
       resources[1].arn AS what, errorcode, eventid
FROM cloudtrail
WHERE (eventname LIKE 'Delete%' OR eventname IN ('ScheduleKeyDeletion', 'DeleteObjects', 'BatchWriteItem', 'TransactWriteItems', 'PurgeQueue'))
  AND (eventname <> 'TransactWriteItems' OR requestparameters LIKE '%"delete"%')
  AND day BETWEEN ? AND ?
ORDER BY eventtime
