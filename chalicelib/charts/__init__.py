"""The only room that knows how other systems write down a schedule: files today, the chart's own words later."""
