// A label as plain SQL, for the generated views: what needs a key, or can't be called by hand, is default() there.
#pragma once

#include "core/label.h"

namespace ddm::core
{

// The column in its view. All texts are SQL, quoted as need be.
struct ViewColumn {
    std::string_view name; // "email"
    std::string_view type; // character varying(40)
    // True where the server shows the reader the column's mask already: a mask of a mask may be another one.
    std::string_view already;
};

// A named policy that the label stands on: its name, and its mask in the label grammar (empty: there is none).
struct NamedMask {
    std::string_view name;
    std::string_view mask;
};

// The expression of the column's type that shows what the label shows, for whatever role reads the view.
Status print_mask_sql(std::string_view label, const ViewColumn &column, const NamedMask *named, size_t named_count,
                      std::string &out) noexcept;

} // namespace ddm::core
