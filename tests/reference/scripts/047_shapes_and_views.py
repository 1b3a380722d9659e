# View, reshape, transpose, permute; what shares memory and what does not.
import torch

x = torch.arange(12)
y = x.view(3, 4)
y[0, 0] = 100
print(x[0], y.stride(), y.t().stride(), y.t().is_contiguous(), y.is_contiguous())
z = y.t().reshape(12)
z[0] = -5
print(x[0], z[:3])
print(y.t().contiguous().stride(), y.storage_offset(), y[1].storage_offset(), y[:, 2:].storage_offset(), y[:, 2:].stride())
print(y.transpose(0, 1).shape, y.permute(1, 0).shape, torch.transpose(y, 0, 1).shape, y.T.shape)
u = torch.zeros(2, 3, 4)
print(u.permute(2, 0, 1).shape, u.permute(2, 0, 1).stride(), u.transpose(-1, -2).shape, u.mT.shape, u.movedim(0, -1).shape, u.swapaxes(0, 1).shape)
print(u.flatten().shape, u.flatten(1).shape, torch.flatten(u, 0, 1).shape, u.ravel().shape, u.unsqueeze(1).shape, u.unsqueeze(-1).shape)
print(torch.zeros(1, 3, 1).squeeze().shape, torch.zeros(1, 3, 1).squeeze(0).shape, torch.zeros(1, 3, 1).squeeze(1).shape)
print(u.view(-1).shape, u.view(6, -1).shape, u.view_as(torch.zeros(4, 6)).shape, u.reshape(4, -1).shape, u.reshape_as(torch.zeros(24)).shape)
print(torch.zeros(3, 1).expand(3, 4).stride(), torch.zeros(3, 1).expand(-1, 2).shape, torch.zeros(3).expand_as(y.t()).shape)
print(torch.arange(3).repeat(2), torch.arange(3).repeat(2, 2), torch.arange(3).repeat_interleave(2), torch.tile(torch.arange(2), (2, 2)))
print(x.data_ptr() == y.data_ptr(), x.storage().size(), len(y.storage()), y.nelement(), y.numel(), y.ndim, y.dim(), y.ndimension())
print(x.view(2, 6).size(), x.view(2, 6).size(1), x.view(2, 6).shape[0], x.element_size(), y.itemsize if hasattr(y, 'itemsize') else '-')
a = torch.arange(4.)
a.unsqueeze_(0)
print(a, a.squeeze_(), a.t_().shape)
a.resize_(2, 2)
print(a)
print(torch.atleast_2d(a[0]), torch.broadcast_to(a[0], (2, 2)), [t.shape for t in torch.broadcast_tensors(torch.zeros(2, 1), torch.zeros(3))])
print(y.unfold(1, 2, 1).shape, y.as_strided((2, 2), (1, 2)), y.is_set_to(y), torch.is_tensor(y), torch.is_tensor(3), torch.numel(y))
print(y.storage().tolist()[:3], y.stride(0), y.stride(1))
