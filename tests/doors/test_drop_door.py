"""A message of the bucket's queue, as S3 writes it."""

from __future__ import annotations

import json

from chalicelib.core.records import Appointment
from chalicelib.doors import drop_door
from tests.cast import a_patient
from tests.fakes.world import a_world
from tests.flows.test_take_drop import FILE, Bucket
from tests.schedule import on_the_list

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
TOLD = {
    "Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0", "bucket": {"name": "clinic-drop", "arn": "arn:aws:s3:::clinic-drop"},
            "object": {"key": "in/adult/my+file.csv", "size": 99, "eTag": "e1", "versionId": "one", "sequencer": "1"},
        },
    }],
}  # fmt: skip
TRIAL = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "clinic-drop"}


def test_a_file_is_taken_in_and_s3s_own_trial_is_nothing():
    world, bucket = a_world(), Bucket(one=FILE)
    a_patient(world)
    on_the_list(world)
    drop_door.told(world, bucket, json.dumps(TOLD))
    drop_door.told(world, bucket, json.dumps(TRIAL))
    assert len(world.store.rows(Appointment)) == 2 and bucket.reads == 1 and next(iter(bucket.reports)).startswith("reports/adult/my file.csv.")
