// SPDX-License-Identifier: BSD-3-Clause
// Every diagnostic code of the project, one row each. A code keeps its number for ever; each has a failing
// input in tests/models/invalid/ whose first line names it.
#pragma once

namespace bouton::base {

// E1xx text, E2xx names, types and dimensions, E3xx network file, E4xx connections and values,
// E5xx while running, E6xx command line and files, E7xx artificial networks, W9xx warnings.
#define BOUTON_CODES(X)                                           \
    X(E101, "a character that no text may hold")                  \
    X(E102, "a malformed number")                                 \
    X(E103, "something else was expected here")                   \
    X(E104, "nested too deep or too large")                       \
    X(E105, "a comparison cannot be chained")                     \
    X(E106, "a malformed equation")                               \
    X(E107, "an unknown flag")                                    \
    X(E108, "a malformed quantity")                               \
    X(E109, "an unknown unit")                                    \
    X(E110, "a malformed name")                                   \
    X(E201, "an unknown name")                                    \
    X(E202, "a name defined twice or reserved")                   \
    X(E203, "dimensions do not agree")                            \
    X(E204, "an unknown function")                                \
    X(E205, "a wrong number of arguments")                        \
    X(E206, "a boolean where a number is needed, or the reverse") \
    X(E207, "an assignment to what cannot be assigned")           \
    X(E208, "a flag that does not fit")                           \
    X(E209, "an equation that its method cannot integrate")       \
    X(E210, "an unknown method")                                  \
    X(E211, "noise used where it cannot be")                      \
    X(E212, "a circle of definitions")                            \
    X(E213, "an event-driven equation that is not linear")        \
    X(E214, "a declared unit that differs from the expression")   \
    X(E215, "a name that nothing uses")                           \
    X(E216, "the order of the synapses would change the result")  \
    X(E217, "a combination that is not supported")                \
    X(E218, "a rate that is too high for the time step")          \
    X(E301, "a file that cannot be read")                         \
    X(E302, "text that is not TOML")                              \
    X(E303, "an unknown key")                                     \
    X(E304, "a missing key")                                      \
    X(E305, "a value of the wrong kind")                          \
    X(E306, "a number out of range")                              \
    X(E307, "a unit that does not fit the field")                 \
    X(E308, "a malformed or repeated name")                       \
    X(E309, "an unknown group")                                   \
    X(E310, "a malformed or impossible slice")                    \
    X(E311, "keys that exclude each other")                       \
    X(E312, "an unknown model")                                   \
    X(E313, "a period that is not a number of steps")             \
    X(E314, "a malformed --set")                                  \
    X(E315, "a choice that does not exist")                       \
    X(E316, "records that would share a name")                    \
    X(E401, "a neuron that does not exist")                       \
    X(E402, "more connections than exist")                        \
    X(E403, "a self pair or a repeated pair")                     \
    X(E404, "a malformed CSV file")                               \
    X(E405, "a number of values that does not fit")               \
    X(E406, "a spike that cannot be")                             \
    X(E407, "a number that is not finite")                        \
    X(E408, "a delay that is negative or too long")               \
    X(E409, "more memory than there is or is allowed")            \
    X(E410, "more synapses than can be numbered")                 \
    X(E701, "a data file that cannot be read")                    \
    X(E702, "a data file of another format")                      \
    X(E703, "a data file that is cut off or too long")            \
    X(E704, "images and labels that do not fit")                  \
    X(E705, "data with a known name but another content")         \
    X(E706, "data that do not fit the network")

enum class Code {
#define BOUTON_CODE_ENUM(code, summary) code,
    BOUTON_CODES(BOUTON_CODE_ENUM)
#undef BOUTON_CODE_ENUM
};

const char* code_name(Code code);
const char* code_summary(Code code);

}  // namespace bouton::base
