// Catch2 3 split its one header; the tests name the one of version 2.
#pragma once
#include <catch2/catch_all.hpp>

using Catch::Approx;
