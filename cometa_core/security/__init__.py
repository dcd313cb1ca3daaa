"""Who is calling, what they may do, what they may see, and secrets at rest."""
