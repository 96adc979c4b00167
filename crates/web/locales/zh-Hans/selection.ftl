### 批量办理，以及改派。

notice-unit-taken-away = 已改派其他部门：{ $what }
notice-unit-help-ended = 已改派，不再需要您部门协同：{ $what }
refusal-unit-has-it-already = 该部门已有此案卷，请另选部门或调整协办。
command-redispatch = 改派
selection-title-reroute = 批量按规则派遣
selection-title-comment = 批量备注
selection-title-undo = 批量撤销
selection-do-file = 立案
selection-do-dispatch = 派遣
selection-do-reroute = 按规则派遣
selection-do-merge = 并案
selection-do-comment = 备注
selection-all = 筛选出的全部（至多 200 件）
selection-more = 筛选结果不止这些：这里是前 { $n } 件，其余请随后再办。
selection-undo = 全部撤销（{ $n } 件）
selection-words = 每件都写上
selection-public = 上报人也能看到
selection-public-hint = 不勾选则仅内部可见。
refusal-route-nowhere = 没有适用的派遣规则，请人工派遣。
refusal-route-broken = 适用的派遣规则用不了，请先修正规则，或人工派遣。
