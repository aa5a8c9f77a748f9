// json(path, mask, ...): masks at places of a document. A document in which no path finds anything shows default().
#include "core/mask_json.h"
#include "core/json_path.h"

#include <algorithm>
#include <stdexcept>

namespace ddm::core
{

namespace
{

struct Rule {
    std::vector<JsonStep> path;
    Effect effect = Effect::Compute;
    std::string literal;             // Effect::Constant
    std::unique_ptr<Masker> of_text; // for strings, and for numbers where of_number is not there
    std::unique_ptr<Masker> of_number;
};

// How far a rule's path has come on the way to a node.
struct Step {
    const Rule *rule;
    size_t depth;
};
using Steps = std::vector<Step>;

// One pass over a document's text. The server has checked it: what is out of place here throws.
class Walk
{
  public:
    Walk(const Target &target, std::string_view text, Output &out) : target(target), text(text), out(out) {}

    bool found = false;

    void value(const Steps &steps, int depth = 0)
    {
        if (depth > 1000)
            throw std::runtime_error("document too deep");
        blanks();
        if (peek() != '[' && std::any_of(steps.begin(), steps.end(), wants_element)) {
            value(past_elements(steps), depth);
            return;
        }
        for (const Step &step : steps)
            if (step.depth == step.rule->path.size()) {
                found = true;
                mask(*step.rule);
                return;
            }
        char c = peek();
        if (c == '{')
            object(steps, depth);
        else if (c == '[')
            array(steps, depth);
        else if (depth > 0 && !steps.empty())
            early(c);
        else
            out.append(c == '"' ? string_text() : word());
    }

  private:
    // As in SQL's lax paths, what is no array stands for an array of one.
    static bool wants_element(const Step &step)
    {
        if (step.depth == step.rule->path.size())
            return false;
        JsonStep::Kind kind = step.rule->path[step.depth].kind;
        return kind == JsonStep::Kind::Index || kind == JsonStep::Kind::AnyElement;
    }
    static Steps past_elements(Steps steps)
    {
        for (Step &step : steps)
            while (wants_element(step))
                step.depth++;
        return steps;
    }

    char peek() const
    {
        if (at >= text.size())
            throw std::runtime_error("document ends early");
        return text[at];
    }
    void blanks()
    {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
            at++;
    }
    void take(char c)
    {
        blanks();
        if (peek() != c)
            throw std::runtime_error("document out of shape");
        at++;
    }

    // With its quotes.
    std::string_view string_text()
    {
        size_t from = at++;
        while (peek() != '"')
            at += peek() == '\\' ? 2 : 1;
        at++;
        return text.substr(from, at - from);
    }
    std::string_view word()
    {
        size_t end = text.find_first_of(",]} \t\r\n", at);
        std::string_view result = text.substr(at, end == std::string_view::npos ? end : end - at);
        at += result.size();
        return result;
    }

    // A value where the path would go on: what was meant to be masked stands in another shape.
    void early(char c)
    {
        found = true;
        if (c == '"')
            string_text();
        else
            word();
        if (c == 'n')
            out.append("null");
        else
            default_of(c);
    }

    void object(const Steps &steps, int depth)
    {
        take('{');
        out.append('{');
        for (bool first = true;; first = false) {
            blanks();
            if (peek() == '}')
                break;
            if (!first) {
                take(',');
                out.append(", ");
                blanks();
            }
            std::string_view key = string_text();
            out.append(key);
            take(':');
            out.append(": ");
            std::string plain;
            bool readable = unquote(key, plain);
            Steps next;
            for (const Step &step : steps)
                if (!readable || step.rule->path[step.depth].takes_key(plain))
                    next.push_back({step.rule, step.depth + 1});
            value(next, depth + 1);
        }
        take('}');
        out.append('}');
    }

    // As in SQL's lax paths, a key goes through arrays to their elements.
    void array(const Steps &steps, int depth)
    {
        take('[');
        out.append('[');
        for (size_t i = 0;; i++) {
            blanks();
            if (peek() == ']')
                break;
            if (i > 0) {
                take(',');
                out.append(", ");
            }
            Steps next;
            for (const Step &step : steps) {
                if (!wants_element(step))
                    next.push_back(step);
                else if (step.rule->path[step.depth].takes_element(i))
                    next.push_back({step.rule, step.depth + 1});
            }
            value(next, depth + 1);
        }
        take(']');
        out.append(']');
    }

    // False where an escape stands for a character that the server's encoding may not have.
    bool unquote(std::string_view quoted, std::string &plain) const
    {
        std::string_view inside = quoted.substr(1, quoted.size() - 2);
        for (size_t i = 0; i < inside.size(); i++) {
            if (inside[i] != '\\') {
                plain.push_back(inside[i]);
                continue;
            }
            char c = inside[++i];
            size_t plainly = std::string_view("\"\\/bfnrt").find(c);
            if (plainly != std::string_view::npos) {
                plain.push_back("\"\\/\b\f\n\r\t"[plainly]);
                continue;
            }
            unsigned code = static_cast<unsigned>(std::stoul(std::string(inside.substr(i + 1, 4)), nullptr, 16));
            i += 4;
            if (code == 0 || code >= 0x80)
                return false;
            plain.push_back(static_cast<char>(code));
        }
        return true;
    }

    void append_string(std::string_view plain)
    {
        out.append('"');
        for (char c : plain) {
            if (c == '"' || c == '\\')
                out.append('\\');
            if (static_cast<unsigned char>(c) < 0x20) {
                out.append("\\u00");
                out.append("0123456789abcdef"[c >> 4]);
                out.append("0123456789abcdef"[c & 15]);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    // Reads a value of any shape and writes nothing of it.
    void skip()
    {
        Output nowhere;
        Walk inner(target, text, nowhere);
        inner.at = at;
        inner.value({});
        at = inner.at;
    }

    void mask(const Rule &rule)
    {
        char c = peek();
        size_t from = at;
        bool is_string = c == '"', is_number = c == '-' || (c >= '0' && c <= '9'), is_null = c == 'n';
        skip();
        std::string_view stored = text.substr(from, at - from);
        if (is_null || rule.effect == Effect::Null || (!is_string && !is_number && c != 't' && c != 'f'))
            out.append("null");
        else if (rule.effect == Effect::Constant)
            append_string(rule.literal);
        else if (rule.effect == Effect::Default)
            default_of(c);
        else if (is_number && rule.of_number)
            compute(*rule.of_number, stored, c, false);
        else if (!is_string || !rule.of_text)
            default_of(c);
        else if (std::string plain; unquote(stored, plain))
            compute(*rule.of_text, plain, c, true);
        else
            default_of(c);
    }

    void default_of(char c) { out.append(c == '"' ? "\"XXXX\"" : c == 't' || c == 'f' ? "false" : "0"); }

    void compute(const Masker &masker, std::string_view plain, char c, bool quoted)
    {
        Value value;
        value.bytes = plain;
        Output result;
        std::string room(masker.capacity(plain.size()), '\0');
        for (int pass = 0; pass < 2; pass++) {
            result = Output();
            result.data = room.data();
            result.capacity = room.size();
            run_mask(masker, value, result);
            if (result.fits())
                break;
            room.resize(result.size);
        }
        std::string_view shown(result.data, std::min(result.size, result.capacity));
        if (result.outcome == Output::Outcome::Null)
            out.append("null");
        else if (result.outcome != Output::Outcome::Value || !result.fits())
            default_of(c);
        else if (quoted)
            append_string(shown);
        else
            out.append(shown);
    }

    const Target &target;
    const std::string_view text;
    Output &out;
    size_t at = 0;
};

class JsonMask final : public Masker
{
  public:
    JsonMask(const Target &target, std::vector<Rule> given) : Masker(target), rules(std::move(given))
    {
        for (const Rule &rule : rules)
            start.push_back({&rule, 0});
    }
    size_t capacity(size_t input) const noexcept override { return input + input / 2 + 64; }

    void apply(const Value &value, Output &out) const override
    {
        Walk walk(target, value.bytes, out);
        walk.value(start);
        if (!walk.found)
            out.outcome = Output::Outcome::Default;
    }

  private:
    const std::vector<Rule> rules;
    Steps start;
};

Status make_rule(const Arguments &arguments, size_t i, const Target &target, Rule &rule)
{
    if (!read_json_path(arguments.text(i), rule.path))
        return arguments.wrong(i, "this is no path of keys and elements",
                               "Write keys with dots between: $.person.email, $.items[*].price, $.\"first name\".");
    const MaskCall &call = *arguments.items.at(i + 1).call;
    const MaskRow *row = find_mask(call.name);
    Target of_text = target, of_number = target;
    of_text.kind = Kind::Text;
    of_number.kind = Kind::Numeric;
    rule.effect = row ? row->effect : Effect::Compute;
    if (rule.effect == Effect::Identity || rule.effect == Effect::Each)
        return arguments.wrong(i + 1, "this mask can't stand inside json()");
    if (rule.effect != Effect::Compute) {
        Arguments inner;
        Status s = match_arguments(*row, call, inner);
        if (s && rule.effect == Effect::Constant)
            rule.literal = inner.text(0);
        return s;
    }
    Status as_text = make_from_call(call, of_text, rule.of_text),
           as_number = make_from_call(call, of_number, rule.of_number);
    return as_text || as_number ? Status::ok() : as_text;
}

} // namespace

Status make_json(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    std::vector<Rule> rules;
    for (size_t i = 0; i < arguments.size(); i += 2) {
        if (i + 1 >= arguments.size() || arguments.items[i].call || !arguments.items[i + 1].call)
            return Status::error(Code::Arity, "json takes pairs of a path and a mask", arguments.position,
                                 arguments.length);
        rules.emplace_back();
        if (Status s = make_rule(arguments, i, target, rules.back()); !s)
            return s;
    }
    mask = std::make_unique<JsonMask>(target, std::move(rules));
    return Status::ok();
}

} // namespace ddm::core
