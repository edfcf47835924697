// The fast gradient sign method: images changed so little that people hardly see it, each pixel in
// the direction that raises the loss, and a network that has never seen such images is lost
// (Goodfellow, Shlens and Szegedy 2015, "Explaining and Harnessing Adversarial Examples").
#pragma once

#include <vector>

#include "nn/base/rng.h"
#include "nn/data/dataset.h"
#include "nn/layers/module.h"

namespace tengen::tools {

// sign(d loss / d image), -1, 0 or 1 a pixel. images [N,H,W,C], classes [N], the network's outputs
// logits. Leaves the parameters' gradients at zero.
nn::Tensor loss_sign(nn::Layer& net, const nn::Tensor& images, const nn::Tensor& classes);

// Section 4: images + epsilon * sign, within [0,1].
nn::Tensor attacked(const nn::Tensor& images, const nn::Tensor& sign, float epsilon);

// For training: one step of 1.25 epsilon from a random place within epsilon, and not further than
// epsilon from the images (Wong, Rice and Kolter 2020, "Fast is better than free", algorithm 3;
// without the random place networks learn to hide their gradients).
nn::Tensor attacked_from_random(nn::Layer& net, const nn::Tensor& images, const nn::Tensor& classes,
                                float epsilon, Rng& rng);

// `steps` small ones of 2.5 epsilon / steps, never further than epsilon from the images: harder
// than one large step (Madry et al. 2018, section 2.1, without a random start).
nn::Tensor attacked_by_steps(nn::Layer& net, const nn::Tensor& images, const nn::Tensor& classes,
                             float epsilon, int steps);

// The share of samples still told right when all are attacked by the fast method, for each epsilon;
// the network is in evaluation.
std::vector<double> accuracy_over_epsilon(nn::Layer& net, const nn::DatasetPtr& data,
                                          const std::vector<float>& epsilons);
// The same for one epsilon in `steps` small steps.
double accuracy_after_steps(nn::Layer& net, const nn::DatasetPtr& data, float epsilon, int steps);

}  // namespace tengen::tools
