// regexp(pattern, replacement, flags). RE2 runs in time linear in the text, whatever the pattern.
//
// What the pattern does not take away stays; so where it takes nothing (it matches nowhere, or empty stretches
// alone), or where the replacement brings all of it back, XXXX shows.
#include "core/mask_text.h"

#include <re2/re2.h>

#include <string.h>

namespace ddm::core
{

namespace
{

constexpr int most_groups = 10; // \0 to \9

// A replacement, taken apart once: texts and numbers of groups in turn.
struct Piece {
    std::string text;
    int group = -1;
};

std::vector<Piece> take_apart(const std::string &replacement)
{
    std::vector<Piece> pieces(1);
    for (size_t i = 0; i < replacement.size(); i++) {
        if (replacement[i] != '\\' || i + 1 == replacement.size()) {
            pieces.back().text.push_back(replacement[i]);
        } else if (char c = replacement[++i]; c >= '0' && c <= '9') {
            pieces.push_back({{}, c - '0'});
            pieces.emplace_back();
        } else {
            pieces.back().text.push_back(c);
        }
    }
    return pieces;
}

class RegexpMask final : public Masker
{
  public:
    RegexpMask(const Arguments &arguments, const Target &target)
        : Masker(target), pattern(arguments.text(0), options(arguments.text(2), target)),
          pieces(take_apart(arguments.text(1))), groups(1 + RE2::MaxSubmatch(arguments.text(1))),
          all(arguments.text(2).find('g') != std::string::npos)
    {
    }

    Status check(const Arguments &arguments) const
    {
        std::string error;
        if (!pattern.ok())
            return arguments.wrong(0, "the regular expression is not valid: " + pattern.error(),
                                   "The syntax is RE2's: no back-references and no look-around.");
        if (!pattern.CheckRewriteString(arguments.text(1), &error))
            return arguments.wrong(1, "the replacement is not valid: " + error);
        if (arguments.text(2).find_first_not_of("gi") != std::string::npos)
            return arguments.wrong(2, "unknown flag of a regular expression",
                                   "There are g (all matches) and i (any case).");
        return Status::ok();
    }

    void apply(const Value &value, Output &out) const override
    {
        // RE2 knows UTF-8 and single bytes; elsewhere a match could begin inside a character.
        bool readable = target.encoding.form != Encoding::Form::Other || Encoding::is_ascii(value.bytes);
        if (readable && replace(value.bytes, out) > 0 && !(out.fits() && shows(value.bytes, out)))
            return;
        out.size = 0;
        out.append(default_literal(Kind::Text));
    }

  private:
    // Answers how many bytes the pattern took away.
    size_t replace(std::string_view value, Output &out) const
    {
        const re2::StringPiece text(value.data(), value.size());
        const char *const begin = value.data(), *const end = begin + value.size();
        const char *at = begin, *last = nullptr;
        re2::StringPiece match[most_groups];
        size_t taken = 0;
        while (at <= end &&
               pattern.Match(text, static_cast<size_t>(at - begin), value.size(), RE2::UNANCHORED, match, groups)) {
            const char *from = match[0].data(), *to = from + match[0].size();
            append(at, from, out);
            at = to;
            if (from == to && from == last) { // nothing, right behind a match: a character further
                if (at == end)
                    break;
                at += target.encoding.length(at, end);
                append(from, at, out);
                continue;
            }
            for (const Piece &piece : pieces) {
                if (piece.group >= 0)
                    append(match[piece.group].data(), match[piece.group].data() + match[piece.group].size(), out);
                else
                    out.append(piece.text);
            }
            taken += static_cast<size_t>(to - from);
            last = to;
            if (!all)
                break;
        }
        append(at, end, out);
        return taken;
    }

    static void append(const char *from, const char *to, Output &out)
    {
        if (from < to)
            out.append(std::string_view(from, static_cast<size_t>(to - from)));
    }

    static bool shows(std::string_view value, const Output &out)
    {
        return memmem(out.data, out.size, value.data(), value.size()) != nullptr;
    }

    static RE2::Options options(const std::string &flags, const Target &target)
    {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_encoding(target.encoding.form == Encoding::Form::Utf8 ? RE2::Options::EncodingUTF8
                                                                          : RE2::Options::EncodingLatin1);
        options.set_case_sensitive(flags.find('i') == std::string::npos);
        return options;
    }

    const RE2 pattern;
    const std::vector<Piece> pieces;
    const int groups;
    const bool all;
};

} // namespace

Status make_regexp(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    auto made = std::make_unique<RegexpMask>(arguments, target);
    if (Status s = made->check(arguments); !s)
        return s;
    mask = std::move(made);
    return Status::ok();
}

} // namespace ddm::core
