"""Event tables become one wide row per thing."""
