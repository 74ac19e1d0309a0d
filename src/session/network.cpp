// SPDX-License-Identifier: BSD-3-Clause
#include "session/network.hpp"

#include "model/loader.hpp"
#include "sim/build/misfits.hpp"

namespace bouton::session {

CheckedNetwork check_network(const NetworkSource& source, const Warn& warn) {
    base::Diagnostics diagnostics;
    CheckedNetwork result;
    model::LoadOptions options;
    options.sets = source.sets;
    options.seed = source.seed;
    options.base_directory = source.base_folder;
    options.opened = &result.files;
    result.spec = source.text ? model::load_text(source.file, *source.text, options, diagnostics)
                              : model::load_file(source.file, options, diagnostics);
    result.plan = codegen::make_plan(result.spec, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    sim::find_misfits(result.spec, result.plan, diagnostics);
    if (diagnostics.has_errors()) throw base::DiagnosticError(diagnostics);
    if (warn && !diagnostics.all().empty()) warn(diagnostics.render());
    return result;
}

}  // namespace bouton::session
