"""What the service runs on: the template of its resources, and the laptop's stand-in for AWS."""
