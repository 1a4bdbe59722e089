"""The only room that knows DynamoDB, PynamoDB, KMS and the parking queue."""
