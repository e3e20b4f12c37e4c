"""What every request passes: bounds, origin, access, headers; and the worker that reads and writes."""
