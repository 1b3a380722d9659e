# Matrix products and decompositions.
import torch

torch.manual_seed(0)
A = torch.tensor([[4.0, 1.0], [2.0, 3.0]], requires_grad=True)
B = torch.tensor([[1.0, -1.0], [0.5, 2.0]])
v = torch.tensor([1.0, 2.0])
print(A @ B, A.mm(B), torch.mm(A, B), torch.matmul(A, v), A.mv(v), torch.mv(A, v), v @ A, v @ v, v.dot(v), torch.dot(v, v), torch.inner(v, v), torch.outer(v, v), torch.ger(v, v))
print(torch.bmm(torch.ones(2, 2, 3), torch.ones(2, 3, 1)).shape, torch.matmul(torch.ones(5, 2, 3), torch.ones(3, 4)).shape, (torch.ones(3) @ torch.ones(5, 3, 4)).shape)
print(torch.addmm(B, A, A), torch.addmv(v, A, v), torch.baddbmm(torch.zeros(1, 2, 2), A[None], B[None]), torch.einsum('ij,jk->ik', A, B), torch.einsum('i,i', v, v), torch.einsum('ij->j', A), torch.einsum('bij,bjk->bik', A[None], B[None]), torch.tensordot(A, B, dims=1), torch.kron(B, torch.eye(2)))
print(A.inverse(), torch.inverse(A), torch.linalg.inv(A), A.det(), torch.det(A), torch.linalg.det(A), A.logdet(), A.trace(), torch.trace(A), torch.diag(A), torch.diag(v), A.diagonal(), torch.linalg.solve(A, v), torch.linalg.matrix_rank(B), torch.matrix_power(A, 3), torch.chain_matmul(A, B) if False else torch.linalg.multi_dot([A, B, B]))
print(torch.triu(A), A.tril(), torch.tril(torch.ones(3, 3), diagonal=-1), torch.triu(torch.ones(2, 3), 1), torch.eye(2, 3), torch.diag_embed(v), torch.block_diag(B, v.view(1, 2)))
S = A.detach() @ A.detach().t()
U, sv, V = torch.svd(S)
print(sv, torch.allclose(U @ torch.diag(sv) @ V.t(), S, atol=1e-4), torch.linalg.svdvals(S), torch.linalg.eigvalsh(S), torch.linalg.cholesky(S), torch.linalg.norm(S), torch.linalg.matrix_norm(S))
q, r = torch.linalg.qr(S)
print(torch.allclose(q @ r, S, atol=1e-4), torch.linalg.pinv(B), torch.linalg.cond(S) > 1, torch.linalg.eigh(S)[0])
for f in (lambda: A.det(), lambda: A.inverse().sum(), lambda: A.trace(), lambda: (A @ B).sum(), lambda: torch.linalg.solve(A, v).sum(), lambda: A.logdet(), lambda: torch.svd(A)[1].sum(), lambda: torch.linalg.cholesky(A @ A.t()).sum(), lambda: A.mv(v).norm(), lambda: torch.bmm(A[None], A[None]).sum(), lambda: torch.einsum('ij,ij', A, A), lambda: A.t().mm(A).diag().sum(), lambda: A.tril().prod()):
    A.grad = None
    f().backward()
    print(A.grad)
print(torch.cross(torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 0]), dim=0), torch.cdist(B, B), torch.nn.functional.cosine_similarity(A, B), torch.nn.functional.pairwise_distance(A, B), torch.vander(v), torch.cov(B), torch.corrcoef(B))
