// Catch2 2 is a header: its main() is compiled once, here.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
