"""The laptop: moto as AWS, the event sources, simulated phones and a synthetic clinic. For development only."""
