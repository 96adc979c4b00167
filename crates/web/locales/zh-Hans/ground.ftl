### 现场：核实与核查。

nav-ground = 现场任务
ground-title = 现场任务
ground-none = 没有要去看的。
ground-kind-verify = 核实
ground-kind-check = 核查
ground-look-verify = 看看是不是这样
ground-look-check = 看看办好没有
ground-asked = 派出时间
ground-photo-or-words = 拍张照片，或写一句看到的情况。
ground-photos-hint = 拍清楚现场，最好和原来的照片同一个角度。不要拍到人脸和车牌。
ground-seen = 看到的情况
ground-lacking = 还差什么
ground-do-confirm = 属实
ground-do-refute = 不属实
ground-do-pass = 核查通过，结案
ground-do-fail = 没办好，退回返工
