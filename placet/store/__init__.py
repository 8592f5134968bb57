"""Under construction: replaced by the room's owner."""
