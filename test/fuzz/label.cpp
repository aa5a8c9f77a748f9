// Any bytes as a label: an answer in bounded time and memory, places inside the text, and what parses prints to
// a text that parses to the same.
#include "core/label.h"

#include <cstdint>
#include <cstdlib>

using namespace ddm::core;

static void require(bool condition)
{
    if (!condition)
        std::abort();
}

template <typename Parse> static void check_label(std::string_view text, Parse &&parse)
{
    Label label, again;
    std::string printed, reprinted;
    Status status = parse(text, label);
    require(status.code != Code::Internal);
    if (!status) {
        require(status.position + status.length <= text.size());
        return;
    }
    require(static_cast<bool>(print_label(label, printed)));
    if (printed.size() > label_max_size)
        return;
    require(static_cast<bool>(parse_label(printed, again)));
    require(static_cast<bool>(print_label(again, reprinted)));
    require(printed == reprinted);
}

static void check_tags(std::string_view text)
{
    Tags tags, again;
    std::string printed, reprinted;
    if (!parse_tags(text, tags))
        return;
    require(static_cast<bool>(print_tags(tags, printed)));
    if (printed.size() > label_max_size)
        return;
    require(static_cast<bool>(parse_tags(printed, again)));
    require(static_cast<bool>(print_tags(again, reprinted)));
    require(printed == reprinted);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    std::string_view text(reinterpret_cast<const char *>(data), size);
    check_label(text, [](std::string_view t, Label &l) { return parse_label(t, l); });
    check_label(text, [](std::string_view t, Label &l) { return parse_policy_mask(t, true, l); });
    check_tags(text);
    return 0;
}
