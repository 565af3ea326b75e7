"""What is watched: each module looks for one thing and says so in a list called WATCHES."""
