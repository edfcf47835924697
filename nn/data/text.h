// Text files in UTF-8, plain or gzip: whole, in lines, in pairs; cut into characters and words.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tengen::nn {

// The file without a byte order mark. Error names the line and the byte that is not UTF-8.
std::string read_text(const std::string& path);
// Its lines, without their ends ("\n" or "\r\n").
std::vector<std::string> read_lines(const std::string& path);

using TextPair = std::pair<std::string, std::string>;
// Line i of the one file with line i of the other. Error names the first line that has no partner.
std::vector<TextPair> read_parallel(const std::string& first_path, const std::string& second_path);
// Two columns of a file of tab-separated values. Error names the line that lacks one. Empty lines
// are passed over.
std::vector<TextPair> read_tsv_pairs(const std::string& path, int first_column = 0,
                                     int second_column = 1);

// Code points, each as its bytes. Error names the byte that is not UTF-8.
std::vector<std::string_view> split_characters(std::string_view text);
// The same text in small letters: Latin, Greek and Cyrillic, of the blocks up to U+045F.
std::string lower_case(std::string_view text);
// Words and punctuation: letters, digits, apostrophes and everything beyond ASCII hold together,
// other ASCII signs stand alone, white space parts.
std::vector<std::string_view> split_words(std::string_view text);

}  // namespace tengen::nn
