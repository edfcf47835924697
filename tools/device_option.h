// The option --device, which all commands that compute with networks share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "nn/devices.h"

namespace tengen::tools {

void add_device_option(CLI::App& command, std::string& device);

// The device that was asked for. Where "auto" finds no GPU though this program could use one, a
// line on standard error says why, once.
nn::Device& asked_device(const std::string& name);

}  // namespace tengen::tools
