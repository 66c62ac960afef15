"""Programs of images: they run inside containers, as files of their own, and import nothing of the course."""
