"""From files to a mission, or to a list of findings with line and fix."""
