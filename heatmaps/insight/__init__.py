"""What managers and planners read: key figures, timelines, coverage gaps, and their files."""
