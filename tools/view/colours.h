// The viewer's colours. Black's side is blue and White's orange wherever a number belongs to one
// (Okabe and Ito 2008): people who cannot tell red from green can tell these.
#pragma once

#include "tools/pictures/canvas.h"

namespace tengen::tools::view {

inline constexpr Colour kGround{0.145, 0.155, 0.170};
inline constexpr Colour kRaised{0.190, 0.203, 0.222};  // a part that stands out from the ground
inline constexpr Colour kLight{0.90, 0.90, 0.88};
inline constexpr Colour kSoft{0.62, 0.64, 0.66};
inline constexpr Colour kFaint{0.32, 0.34, 0.37};
inline constexpr Colour kFirstSide{0.20, 0.55, 0.86};
inline constexpr Colour kSecondSide{0.93, 0.60, 0.10};
inline constexpr Colour kWarning{0.84, 0.37, 0.00};
inline constexpr Colour kLines{0.16, 0.11, 0.05};

constexpr Colour faded(Colour colour, double opacity) {
  colour.opacity = opacity;
  return colour;
}
constexpr Colour blended(const Colour& a, const Colour& b, double share_of_b) {
  const double s = share_of_b;
  return {a.red + s * (b.red - a.red), a.green + s * (b.green - a.green),
          a.blue + s * (b.blue - a.blue), a.opacity + s * (b.opacity - a.opacity)};
}

}  // namespace tengen::tools::view
