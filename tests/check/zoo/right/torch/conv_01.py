import torch
import torch.nn.functional as F


def conv2d_backward(grad_output, input, weight, stride=1, padding=0):
    n, c, h, w = input.shape
    o, _, kh, kw = weight.shape
    cols = F.unfold(input, (kh, kw), stride=stride, padding=padding)
    g = grad_output.reshape(n, o, -1)
    grad_weight = torch.einsum("nol,nkl->ok", g, cols).reshape(weight.shape)
    grad_cols = torch.einsum("ok,nol->nkl", weight.reshape(o, -1), g)
    grad_input = F.fold(grad_cols, (h, w), (kh, kw), stride=stride, padding=padding)
    return grad_input, grad_weight, grad_output.sum((0, 2, 3))
