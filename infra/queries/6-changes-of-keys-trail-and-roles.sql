-- Changes of keys, trail and roles
-- Whoever wants to see without being seen changes one of these first. Each line should have a deployment or a decision behind it.
-- Values: the first day, the last day (yyyy/mm/dd)
SELECT eventtime, eventsource, eventname, useridentity.arn AS changed_by, sourceipaddress, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventname IN (
        'PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion', 'DisableKeyRotation', 'UpdateAlias', 'ReplicateKey',
        'StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors',
        'PutBucketPolicy', 'DeleteBucketPolicy', 'PutObjectLockConfiguration', 'PutBucketObjectLockConfiguration', 'PutBucketLifecycle',
        'PutBucketLifecycleConfiguration', 'PutBucketVersioning', 'PutBucketEncryption', 'PutBucketPublicAccessBlock',
        'CreateRole', 'DeleteRole', 'UpdateAssumeRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy',
        'CreatePolicyVersion', 'SetDefaultPolicyVersion', 'CreateUser', 'CreateAccessKey', 'AttachUserPolicy', 'PutUserPolicy')
  AND day BETWEEN ? AND ?
ORDER BY eventtime
