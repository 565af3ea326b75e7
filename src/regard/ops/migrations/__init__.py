"""Steps from an empty operational database to the present one."""
