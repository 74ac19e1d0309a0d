// SPDX-License-Identifier: BSD-3-Clause
// Names and one-line summaries of the diagnostic codes.
#include "base/codes.hpp"

namespace bouton::base {

const char* code_name(Code code) {
    switch (code) {
#define BOUTON_CODE_NAME(code, summary) \
    case Code::code: return #code;
        BOUTON_CODES(BOUTON_CODE_NAME)
#undef BOUTON_CODE_NAME
    }
    return "E000";
}

const char* code_summary(Code code) {
    switch (code) {
#define BOUTON_CODE_SUMMARY(code, summary) \
    case Code::code: return summary;
        BOUTON_CODES(BOUTON_CODE_SUMMARY)
#undef BOUTON_CODE_SUMMARY
    }
    return "";
}

}  // namespace bouton::base
