// FF1 against vectors of NIST's validation program (ACVP-AES-FF1-1.0): radix 10, 26 and 64, tweaks of all lengths.
#include <catch2/catch.hpp>

#include "core/ff1.h"

#include <string>

using namespace ddm::core;

static const std::string digits = "0123456789", lower = "abcdefghijklmnopqrstuvwxyz";
static const std::string base64 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";

static const struct {
    const std::string &alphabet;
    const char *key, *tweak, *plain, *cipher;
} vectors[] = {
    {digits, "CF11A34764AB09FFBF8B8A1660E881A2", "", "0846108952", "7759031405"},
    {digits, "3544151C9CEB324C3C1ED31ADE99406D", "6CA0E692B2773C7ECA2ECA1E7793DAA1",
     "80013770071781669296061827483885771389518248319371666162",
     "09295026876845967206918789775693655654016802646140865387"},
    {digits, "09CDC38B30868E651E6CA3B71F406D09", "B4", "3267692153437219954377178", "8667463631955263288726067"},
    {digits, "66CD1402BEB8E109F4C32127BC671612", "", "3977633797152882484132285829138398283498299038365691586",
     "5779864671334843538915338106140220357402582782642380644"},
    {lower, "C99B3CDC33EC9F06546405C94AAE548C", "", "uhaekdtgya", "mysdvijyhu"},
    {lower, "35BB510F46F954E6E30C66B7D2FA740B", "B726CF9FDA21BE995220DA27F9B5E07F",
     "gcxlhzfozazwxyahmbtvuxzuuklqeyzxuiofxtam", "foarmyqmdyhigguanyzprvxbuaocltoyxevynmyu"},
    {lower, "EA1A9041D4BD10646F78708C32E2D911", "9FADB3", "pdbhuyvwqcirk", "arbtswyzyywxc"},
    {base64, "D943FA73D0DFBBFE5CBBB51AE1883B1F", "", "g0mbl8Ztx4", "4NNV4Ujcsq"},
    {base64, "89D7519CCC4503C8677DA86659C1BD58", "DE11F4D9482BFAE2930E9B0109AB972F", "uW0MALBLj7tiLxlZVCLxHzKpx/KV",
     "VXD9LcAWGKBXCJhBefiFKytCbss8"},
    {base64, "852155E9CAEBE77FDC0D9F6A0BB4CF0E", "B03F183B6901FDB73FC4B7", "L6BTJ0hsdAYPi/VQRtt0ckiIt",
     "UzcEZdCyjJmM6GouSs+KS2LaY"},
    {digits, "56F47313CA7B3D061463361E13B19056C27F6047810BC0442B7BD6F8636AA40D", "",
     "615693772006794173392815266071107632708729301206976301",
     "801412949703016551126582855707910498035613957060743818"},
    {digits, "D61A2649F920B8332FDD53CD4C28BAF46622236C601B5B81898CEDF55AA1E5BF", "3320C6A541867E", "46696607849",
     "37077621245"},
    {digits, "7F3533EF923653CD25C4D4313BC71C7DD2E1F29D870CFEA7098AEB439BF9CA1B", "66", "56629625539933",
     "12233059495072"},
    {lower, "3A4CAEB9CA1167D9F46E4F481488C6C17689EDFC7BD31AD98B20FC37DF8F12FC", "", "uylratfhod", "jedrnvgdxf"},
    {lower, "30CD3D73400C84F089282963A49E9CF91C69A09C8B00406474FBB822C00FAAB1", "76F10AF7E766AFADEE0AD762383B87AF",
     "ruuflcdflrdblkubozwvqwrdvjbdqbrxwhnytfzy", "sazzjcmlgcvjdoeurdiebeltzcifapyiavtwobbe"},
    {lower, "5C026079C558B81533BFBB306BFD6620B98044543A94E2F80F763CBECAAB403E", "0B4368",
     "mmndyqcpimcajahknvdiddrmriszbi", "wopejacuizmlznelfzzpwkqxsolohp"},
    {base64, "4A177545F1BB2A14B5CBD018B05ABA5D5541D6F20286E0A38EA47A4FF34BBECC", "", "wdZcCmebzf", "NYqcfE0Q4O"},
    {base64, "42DC85418E1E0CC6B652091EE25EE7B945EEF3928D4E4CA9F9AD9EB5730FB619", "78FC11F1C54D61C3660F652224FED7B2",
     "hr8VCBn+7BLcNpyVIWzmsV9REEAB", "px7e1mJ54weGBIXeS+YgtCSfaIho"},
    {base64, "CCC8664D7485D6C49A8D4B7C85DAC1F0108DE7434C1C87087771059DDE7224F3", "8DAFCD6FD3B8A852",
     "/r4w50zjH3i5MLG16", "ljg+SpoY1BBwAlDXT"},
    {base64, "E77B7A88D51B7146FD01D8E9044DDC7A90D92B4D39D653ABE5D19A28A40E30FC", "", "NqDa618NV5827CwCuT6eMIl",
     "CIqu2fHRa71SzyJ8q3q/SnX"},
};

static std::string unhex(const std::string &hex)
{
    std::string bytes;
    for (size_t i = 0; i < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

static std::vector<uint16_t> numerals(const std::string &alphabet, const std::string &text)
{
    std::vector<uint16_t> result;
    for (char c : text)
        result.push_back(static_cast<uint16_t>(alphabet.find(c)));
    return result;
}

TEST_CASE("FF1 gives the vectors of NIST's validation program, and back")
{
    for (const auto &v : vectors) {
        INFO(v.plain << " " << v.cipher);
        std::string key = unhex(v.key), tweak = unhex(v.tweak);
        Ff1 ff1(reinterpret_cast<const unsigned char *>(key.data()), key.size(),
                static_cast<unsigned>(v.alphabet.size()));
        std::vector<uint16_t> text = numerals(v.alphabet, v.plain);
        ff1.encrypt(text, tweak);
        CHECK(text == numerals(v.alphabet, v.cipher));
        ff1.decrypt(text, tweak);
        CHECK(text == numerals(v.alphabet, v.plain));
    }
}
