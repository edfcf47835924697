#include "tools/demos/help_desk.h"

#include <fmt/core.h>

#include <set>
#include <span>
#include <string>

#include "nn/base/rng.h"

namespace tengen::tools {
namespace {

constexpr const char* kGreetings[] = {"", "hello, ", "hi, ", "good morning, ", "excuse me, "};
constexpr const char* kPleas[] = {"", " what can i do?", " please help me.", " can you help?",
                                  " what is wrong?"};

constexpr const char* kDevices[] = {"printer", "laptop",   "screen", "phone",     "router",
                                    "scanner", "keyboard", "mouse",  "projector", "tablet"};

// How it is said, and what helps; {} is the device.
struct Trouble {
  const char* said[4];
  const char* answer;
};
constexpr Trouble kTroubles[] = {
    {{"my {} does not turn on.", "the {} stays dark.", "the {} will not start.", "my {} is dead."},
     "Please check the power cable of the {} and try another socket."},
    {{"my {} is very slow.", "the {} takes ages.", "why is the {} so slow?", "my {} hardly moves."},
     "Restart the {} and install the latest updates."},
    {{"my {} makes a strange noise.", "the {} is too loud.", "there is a noise in the {}.",
      "the {} rattles."},
     "Switch the {} off and look for something loose inside."},
    {{"my {} does not connect.", "the {} has no network.", "the {} lost its connection.",
      "my {} is offline."},
     "Move the {} closer to the access point and join the network again."},
    {{"my {} shows an error.", "there is an error on the {}.", "the {} says something failed.",
      "my {} shows a red light."},
     "Write down what the {} shows and send it to us; we will call you back."},
    {{"i dropped my {}.", "the {} is broken.", "my {} has a crack.", "the {} fell down."},
     "Bring the {} to room 12; you get another one while it is repaired."}};

constexpr const char* kServices[] = {"mail", "calendar", "payroll", "library", "wiki", "chat"};
constexpr Trouble kAccounts[] = {
    {{"i forgot my password for the {}.", "how do i reset my {} password?",
      "the {} does not accept my password.", "i need a new password for the {}."},
     "Open the {} page and ask for a new password; a link will be sent to you."},
    {{"how do i get access to the {}?", "i cannot see the {}.", "i need an account for the {}.",
      "may i use the {}?"},
     "Ask your team leader to order access to the {} for you."},
    {{"is the {} down?", "the {} does not answer.", "i cannot reach the {}.",
      "when will the {} be back?"},
     "We know about the {} and are working on it; please try again in an hour."}};

constexpr const char* kDays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "sunday"};
constexpr Trouble kHours[] = {{{"when are you open on {}?", "is somebody there on {}?",
                                "can i come by on {}?", "what are your hours on {}?"},
                               "On {} we are here from 8 to 17."}};
constexpr const char* kClosed = "On sunday we are closed; leave us a message.";

const char* one_of(std::span<const char* const> list, Rng& rng) {
  return list[rng.below(static_cast<uint32_t>(list.size()))];
}

nn::TextPair exchange(std::span<const Trouble> troubles, std::span<const char* const> things,
                      Rng& rng) {
  const Trouble& trouble = troubles[rng.below(static_cast<uint32_t>(troubles.size()))];
  const std::string thing = one_of(things, rng);
  const std::string said = fmt::format(fmt::runtime(one_of(trouble.said, rng)), thing);
  const std::string answer = fmt::format(fmt::runtime(trouble.answer), thing);
  return {one_of(kGreetings, rng) + said + one_of(kPleas, rng),
          thing == "sunday" ? kClosed : answer};
}

}  // namespace

std::vector<nn::TextPair> help_desk_pairs(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<nn::TextPair> pairs;
  std::set<std::string> asked;
  while (static_cast<int64_t>(pairs.size()) < count) {
    const uint32_t kind = rng.below(10);
    nn::TextPair pair = kind < 6   ? exchange(kTroubles, kDevices, rng)
                        : kind < 9 ? exchange(kAccounts, kServices, rng)
                                   : exchange(kHours, kDays, rng);
    if (asked.insert(pair.first).second) pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace tengen::tools
