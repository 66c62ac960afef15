#!/bin/bash
yum -y update
yum -y install httpd
myip=$(hostname -I | cut -d' ' -f1)
sudo bash -c "echo '<h2>WebServer with IP: $myip</h2>' > /var/www/html/index.html"
echo "<br>Version 1.0 " >> /var/www/html/index.html
sudo service httpd start
chkconfig httpd on
