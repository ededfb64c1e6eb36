"""The fire drill: orders under way in two realms while everything that can fail does; then the books are checked."""
