# VAE on toy data, and a GAN step
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
class VAE(nn.Module):
    def __init__(self, d=6, h=8, z=2):
        super().__init__()
        self.enc = nn.Linear(d, h); self.mu = nn.Linear(h, z); self.logvar = nn.Linear(h, z)
        self.dec = nn.Sequential(nn.Linear(z, h), nn.Tanh(), nn.Linear(h, d), nn.Sigmoid())
    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std
    def forward(self, x):
        h = F.relu(self.enc(x)); mu, logvar = self.mu(h), self.logvar(h)
        return self.dec(self.reparameterize(mu, logvar)), mu, logvar
def loss_function(recon, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon, x, reduction='sum')
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD
x = torch.bernoulli(torch.full((16, 6), 0.3))
m = VAE(); opt = torch.optim.Adam(m.parameters(), lr=1e-2)
for e in range(20):
    r, mu, lv = m(x); loss = loss_function(r, x, mu, lv)
    opt.zero_grad(); loss.backward(); opt.step()
    if e % 5 == 0: print('====> Epoch: {} Average loss: {:.4f}'.format(e, loss.item() / len(x)))
with torch.no_grad(): print(m.dec(torch.randn(2, 2)))
G = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
D = nn.Sequential(nn.Linear(1, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())
oG = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.999)); oD = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.999))
bce = nn.BCELoss()
for i in range(15):
    real = torch.randn(8, 1) * 0.5 + 2; ones, zeros = torch.ones(8, 1), torch.zeros(8, 1)
    oD.zero_grad(); fake = G(torch.randn(8, 2)).detach()
    lD = bce(D(real), ones) + bce(D(fake), zeros); lD.backward(); oD.step()
    oG.zero_grad(); lG = bce(D(G(torch.randn(8, 2))), ones); lG.backward(); oG.step()
    if i % 5 == 0: print(f'[{i}] D {lD.item():.4f} G {lG.item():.4f}')
