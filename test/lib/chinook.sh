# Where the Chinook sample database lies, or nothing: DDM_CHINOOK, or a directory `shared` beside the tree. Sourced.
chinook_file() {
    local file
    for file in "${DDM_CHINOOK:-}" "$PWD/../shared/data/chinook/chinook.sql"; do
        if [ -n "$file" ] && [ -r "$file" ]; then readlink -f "$file"; return; fi
    done
}
