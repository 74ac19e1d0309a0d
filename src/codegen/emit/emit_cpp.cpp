// SPDX-License-Identifier: BSD-3-Clause
// The translation unit around the functions of a module: the includes, the precision, the table of kernels.
#include "codegen/emit/emit_cpp.hpp"

#include "codegen/emit/kernel_text.hpp"
#include "codegen/emit/spelling.hpp"
#include "codegen/ir/traits.hpp"

namespace bouton::codegen {

std::string emit_cpp(const std::vector<Kernel>& kernels, Precision precision) {
    std::string text =
        "// Written by bouton: one function per kernel, reached through the table at the end.\n"
        "#include \"generated.h\"\n"
        "\n"
        "namespace {\n"
        "\n"
        "typedef " +
        std::string(precision == Precision::f64 ? "double" : "float") + " real;\n\n";
    std::string table;
    for (std::size_t k = 0; k < kernels.size(); ++k) {
        check(kernels[k]);
        const std::string name = mangle('k', static_cast<std::uint32_t>(k), kernels[k].name);
        text += kernel_text(kernels[k], precision, name) + "\n";
        table += name + ", ";
    }
    text += "const bn_kernel kernels[] = {" + table + "nullptr};\n";
    text += "const bn_module module_table = {BN_ABI_VERSION, " + std::to_string(kernels.size()) +
            ", sizeof(real), 0, kernels};\n"
            "\n"
            "}  // namespace\n"
            "\n"
            "extern \"C\" __attribute__((visibility(\"default\"))) const bn_module* bouton_module(void)\n"
            "{\n"
            "    return &module_table;\n"
            "}\n";
    return text;
}

}  // namespace bouton::codegen
