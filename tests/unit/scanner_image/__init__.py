"""Pictures to texts: image, regions, steps, the command."""
