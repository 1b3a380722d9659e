# Saving and loading state dicts, tensors in structures, optimizers; copies and pickles.
import torch, io, copy, pickle
from torch import nn
torch.manual_seed(0)
m=nn.Sequential(nn.Linear(2,3),nn.ReLU(),nn.Linear(3,1))
b=io.BytesIO(); torch.save(m.state_dict(), b); b.seek(0)
d=torch.load(b); print(d)
m2=nn.Sequential(nn.Linear(2,3),nn.ReLU(),nn.Linear(3,1)); print(m2.load_state_dict(d)); print(torch.equal(m2[0].weight,m[0].weight))
b=io.BytesIO(); torch.save({'epoch':3,'t':torch.arange(6).view(2,3).t(),'p':nn.Parameter(torch.ones(2)),'x':[1,'a',None,torch.tensor(2.5)]}, b); b.seek(0); print(torch.load(b))
o=torch.optim.Adam(m.parameters()); m(torch.ones(1,2)).sum().backward(); o.step(); b=io.BytesIO(); torch.save(o.state_dict(), b); b.seek(0); print(torch.load(b)['state'][0]['step'])

print(copy.deepcopy(m)[0].weight.equal(m[0].weight), copy.deepcopy(torch.ones(2)), pickle.loads(pickle.dumps(torch.arange(3))))


