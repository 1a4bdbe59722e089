"""Between a trigger and its flow: read the event, answer with the status that makes the other side do the right thing."""
