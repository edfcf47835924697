// CRC-32C (Castagnoli): the checksum of TFRecord (RFC 3720, appendix B.4).
#pragma once

#include <cstdint>
#include <string_view>

namespace tengen::nn {

uint32_t crc32c(std::string_view bytes);  // of "123456789": 0xE3069283

}  // namespace tengen::nn
